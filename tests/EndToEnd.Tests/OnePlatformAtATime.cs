// A platform is half a dozen processes; two at once only wait for each other's processors.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
