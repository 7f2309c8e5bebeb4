# MarketingPlatform on one machine: builds what is needed, then runs it. './marketing.ps1 --help' lists what it can do.
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$env:AspireAvailable = 'false'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
# .NET lets new objects fill as much memory as the processor has cache, on servers hundreds of megabytes; 32 MB (hexadecimal) are enough.
if (-not $env:DOTNET_GCgen0size) { $env:DOTNET_GCgen0size = '2000000' }

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Write-Error "The .NET 10 SDK is needed and 'dotnet' was not found. Install it from https://dotnet.microsoft.com/download, then try again."
    exit 1
}

# Builds a project unless nothing that it is made from is newer than the last build.
function Build-Platform([string]$project, [string]$program) {
    if (Test-Path $program) {
        $built = (Get-Item $program).LastWriteTimeUtc
        $sources = Get-ChildItem "$root/src", "$root/tests", "$root/MarketingPlatform.ServiceDefaults" -Recurse -File -Include *.cs, *.csproj, *.sql, *.liquid, *.razor, *.css, *.js, *.svg, *.json, *.csv
        $sources += Get-ChildItem "$root/*.props", "$root/global.json"
        if (-not ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1)) { return }
    }
    Write-Host "Building $([IO.Path]::GetFileNameWithoutExtension($project)) (about a minute the first time) ..."
    dotnet build $project -c Release -v minimal -tl:off | ForEach-Object { if ($_ -match '^\s+(\S+) -> ' -or $_ -match 'error') { Write-Host $_ } }
    if ($LASTEXITCODE -ne 0) { Write-Error 'The build failed; the errors are above.'; exit 1 }
    (Get-Item $program).LastWriteTimeUtc = [DateTime]::UtcNow
}

if ($args.Count -gt 0 -and $args[0] -eq 'test') {
    $run = "$root/artifacts/bin/MarketingPlatform.TestRun/release/MarketingPlatform.TestRun.dll"
    Build-Platform "$root/MarketingPlatform.sln" $run
    dotnet $run --no-build @($args | Select-Object -Skip 1)
} else {
    $cli = "$root/artifacts/bin/MarketingPlatform.Cli/release/marketing.dll"
    Build-Platform "$root/src/Cli/MarketingPlatform.Cli.csproj" $cli
    dotnet $cli @args
}
exit $LASTEXITCODE
