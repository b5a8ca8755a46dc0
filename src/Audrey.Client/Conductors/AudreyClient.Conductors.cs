namespace Audrey.Client;

public sealed partial class AudreyClient
{
    /// <summary>The credentials that conductors sign HTTP requests with, beside those that the servers' settings give.</summary>
    public ConductorCredentials Conductors => field ??= new ConductorCredentials(_grains, _attempts, _conductor, _time, ThrowIfDisposed);
}
