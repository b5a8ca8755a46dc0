using Audrey.Agent.State;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// The instance's secret. The server can replace it: the new one is on disk before it is used. The secret in the user data is kept, because
/// it counts again after the instance was registered again.
/// </summary>
internal sealed class InstanceSecret
{
    private readonly string _original;
    private readonly StoredSecret _stored;

    public InstanceSecret(ServerAccess access, StoredSecret stored)
    {
        (_original, _stored) = (access.Secret, stored);
        Current = stored.Read() ?? _original;
    }

    /// <summary>The secret to use.</summary>
    public string Current { get; private set; }

    /// <summary>The secret to use if the server refuses the current one. Null if there is no other.</summary>
    public string? Other => Current == _original ? null : _original;

    /// <summary>Stores and uses the secret that the server gave.</summary>
    public void Replace(string secret)
    {
        if (secret == Current) return;
        if (secret == _original) _stored.Clear();
        else _stored.Write(secret);
        Current = secret;
    }

    /// <summary>Called when the server has refused the current secret and accepted the one in the user data.</summary>
    public void UseOriginal()
    {
        _stored.Clear();
        Current = _original;
    }
}
