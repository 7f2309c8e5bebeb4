using MarketingPlatform.Platform.Messaging;
using MarketingPlatform.Platform.Tests.Probe;
using Xunit;

namespace MarketingPlatform.Platform.Tests.Messaging;

public sealed class AcknowledgementWindowTests
{
    private readonly AcknowledgementWindow window = new([
        new ConsumerRegistration(typeof(FirstConsumer), typeof(Noted), typeof(ProbeDatabase), "probe", "probe-noted"),
        new ConsumerRegistration(typeof(SecondConsumer), typeof(Noted), typeof(ProbeDatabase), "echo", "echo-noted"),
    ]);
    private readonly Guid message = Guid.CreateVersion7();
    private int handled;

    [Fact]
    public void A_message_is_handled_once_when_the_last_of_its_consumers_acknowledges_it()
    {
        window.Track(message, typeof(Noted), () => handled++);

        window.Acknowledge(message);
        Assert.Equal(0, handled);
        window.Acknowledge(message);
        Assert.Equal(1, handled);
        window.Acknowledge(message);
        Assert.Equal(1, handled);
    }

    [Fact]
    public void A_message_without_consumers_is_handled_at_once()
    {
        window.Track(message, typeof(Ignored), () => handled++);

        Assert.Equal(1, handled);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_tracked_changes_nothing()
    {
        window.Track(message, typeof(Noted), () => handled++);

        window.Acknowledge(Guid.CreateVersion7());
        window.Acknowledge(Guid.CreateVersion7());

        Assert.Equal(0, handled);
    }
}
