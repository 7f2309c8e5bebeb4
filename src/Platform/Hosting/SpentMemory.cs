namespace MarketingPlatform.Platform.Hosting;

/// <summary>What work that is done now and then, and takes far more memory than all else, leaves behind: a training's tables.</summary>
public static class SpentMemory
{
    /// <summary>
    /// Gives it back to the machine. The collector by itself keeps hundreds of megabytes for a service that allocates little from then on.
    /// Everything waits meanwhile: some 100 ms for each 100 MB that live on.
    /// </summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
