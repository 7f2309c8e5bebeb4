using MassTransit;

namespace MarketingPlatform.Platform.Messaging;

/// <summary>
/// A message whose handling was cancelled because the process stops has not failed: the broker gets it back for the next instance. As
/// MassTransit comes, it would go to an error queue that nobody reads.
/// </summary>
internal sealed class GiveBackWhatAStopInterrupts : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next) =>
        context.Exception.GetBaseException() is OperationCanceledException or ConsumerCanceledException
            ? Task.FromException(context.Exception)
            : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("giveBack");
}
