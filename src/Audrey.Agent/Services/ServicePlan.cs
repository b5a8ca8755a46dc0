namespace Audrey.Agent.Services;

/// <summary>A service whose configuration is complete, so that it can be applied.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Parameters">The parameters of the service.</param>
/// <param name="Classes">The Puppet classes of the service. Empty if the service has an executable.</param>
/// <param name="Folder">The folder of the service's executable and files.</param>
/// <param name="Fingerprint">A digest that distinguishes this configuration from any other.</param>
internal sealed record ServicePlan(
    string Name, IReadOnlyList<ServiceParameter> Parameters, IReadOnlyList<PuppetClass> Classes, string Folder, string Fingerprint)
{
    /// <summary>The fingerprint of a service that is applied in every run.</summary>
    public const string EveryRun = "";

    /// <summary>The number of the last run that the server knows. The next run has a higher number.</summary>
    public long LastReportedRun { get; init; }

    /// <summary>The lowest number of the run that the conductor demands. 0 if it demands none.</summary>
    public long Retry { get; init; }
}
