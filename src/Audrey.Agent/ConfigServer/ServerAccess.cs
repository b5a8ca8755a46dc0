namespace Audrey.Agent.ConfigServer;

/// <summary>The address of the config server and the credential of this instance.</summary>
/// <param name="Endpoint">The server's address: http or https, without a slash at the end.</param>
/// <param name="Id">The instance's id. The id is also the key of signed requests.</param>
/// <param name="Secret">The instance's secret.</param>
internal sealed record ServerAccess(Uri Endpoint, string Id, string Secret)
{
    /// <summary>Returns a string without the secret.</summary>
    public override string ToString() => $"{Id} at {Endpoint}";
}
