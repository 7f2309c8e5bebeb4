using MarketingPlatform.Contracts.AdOptimization;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Email;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Contracts.Segmentation;

namespace MarketingPlatform.Contracts;

/// <summary>
/// Which services listen to which event. A publisher declares their queues with the broker before its first message, so that a service
/// that has never run yet misses nothing; a consumer that is not listed here is refused at start.
/// </summary>
public static class Subscriptions
{
    public static readonly IReadOnlyDictionary<Type, IReadOnlyList<string>> ByEvent = new Dictionary<Type, IReadOnlyList<string>>
    {
        [typeof(CustomerProfileChanged)] = ["segmentation", "email"],
        [typeof(ConsentChanged)] = ["segmentation", "recommendation", "email", "ads"],
        [typeof(ConsentConfirmationRequested)] = ["email"],
        [typeof(CustomersMerged)] = ["segmentation", "recommendation", "email", "chatbot", "ads"],
        [typeof(CustomersUnmerged)] = ["segmentation", "recommendation", "email", "chatbot", "ads"],
        [typeof(CustomerErased)] = ["segmentation", "recommendation", "email", "chatbot", "ads"],
        [typeof(ErasureReceipt)] = ["customers"],
        [typeof(CustomerExportRequested)] = ["segmentation", "recommendation", "email", "chatbot", "ads"],
        [typeof(CustomerExported)] = ["customers"],
        [typeof(BehaviourBatch)] = ["segmentation", "recommendation", "email", "ads"],
        [typeof(CartAbandoned)] = ["email", "ads"],
        [typeof(OrderPlaced)] = ["segmentation", "recommendation", "email", "chatbot", "ads"],
        [typeof(OrderRefunded)] = ["segmentation", "recommendation", "email", "chatbot"],
        [typeof(ProductChanged)] = ["segmentation", "chatbot", "email"],
        [typeof(EmailsSent)] = ["segmentation", "customers"],
        [typeof(EmailOpened)] = ["segmentation", "email"],
        [typeof(EmailClicked)] = ["segmentation", "email"],
        [typeof(EmailUnsubscribed)] = ["segmentation", "customers"],
        [typeof(TraitDecided)] = ["customers"],
        [typeof(AudienceMembershipDecided)] = ["ads"],
        [typeof(ChatHandoffRequested)] = ["chatbot"],
        [typeof(ChannelSpendRecorded)] = ["segmentation"],
        [typeof(ChannelEffectivenessMeasured)] = ["ads"],
        [typeof(SegmentEntered)] = ["customers", "email", "recommendation"],
        [typeof(SegmentLeft)] = ["customers", "email", "recommendation"],
    };

    /// <summary>Events that must reach their reader although they name somebody who was erased: those that erase.</summary>
    public static readonly IReadOnlySet<Type> AboutErasure = new HashSet<Type> { typeof(CustomerErased) };
}
