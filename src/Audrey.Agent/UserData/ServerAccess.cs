namespace Audrey.Agent.UserData;

/// <summary>Where the config server is and who this instance is there.</summary>
/// <param name="Endpoint">The server's address, http or https, its path without a slash at the end.</param>
/// <param name="Id">The instance's UUID: the key that requests are signed with.</param>
/// <param name="Secret">The instance's secret.</param>
internal sealed record ServerAccess(Uri Endpoint, string Id, string Secret)
{
    /// <summary>Without the secret, so that it can be shown.</summary>
    public override string ToString() => $"{Id} at {Endpoint}";
}
