// Compiled instead of AppHost.cs where AspireAvailable=false.
Console.Error.WriteLine(
    """
    This AppHost was built without Aspire (AspireAvailable=false).
    It needs Docker and Aspire's packages from nuget.org. With both, start it by:
        env -u AspireAvailable dotnet run --project MarketingPlatform.AppHost
    Without them, './marketing up' runs the whole platform in one process.
    """
);
return 1;
