using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Bus.Connections;

/// <summary>The ways to sign in to a broker.</summary>
public enum BusMechanism
{
    /// <summary>PLAIN with a user, else EXTERNAL with a certificate, else ANONYMOUS.</summary>
    Automatic,

    /// <summary>A user and a secret.</summary>
    Plain,

    /// <summary>The client certificate of TLS.</summary>
    External,

    /// <summary>Without a user.</summary>
    Anonymous,
}

/// <summary>
/// How to connect to a broker.
/// </summary>
public sealed record BusOptions
{
    /// <summary>The broker, as <c>amqp://HOST[:PORT]</c> or <c>amqps://HOST[:PORT]</c>. The ports are 5672 and 5671 by default.</summary>
    public required Uri Url { get; init; }

    /// <summary>How the broker addresses exchanges.</summary>
    public BusProfile Profile { get; init; } = BusProfile.Audrey;

    /// <summary>The way to sign in.</summary>
    public BusMechanism Mechanism { get; init; }

    /// <summary>The user, or null.</summary>
    public string? User { get; init; }

    /// <summary>The secret of the user, or null.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether a secret may be sent without TLS to another machine.</summary>
    public bool AllowsUnencryptedSecret { get; init; }

    /// <summary>The authorities that the certificate of the broker must come from, or null for those of the machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The client certificate with its private key, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The largest number of messages that wait to be sent. The oldest indications are dropped.</summary>
    public int MaxQueuedMessages { get; init; } = 1_000;

    /// <summary>The largest message that is received, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;

    /// <summary>The time within which a connection must be open and all its receivers attached.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time after which a broker that sends nothing is given up.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The delay before the second attempt to connect. Each further delay is twice as long, with jitter.</summary>
    public TimeSpan FirstReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts to connect.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns the way to sign in, which is not <see cref="BusMechanism.Automatic"/>.</summary>
    internal BusMechanism ChosenMechanism =>
        Mechanism is not BusMechanism.Automatic ? Mechanism
        : User is not null ? BusMechanism.Plain
        : ClientCertificate is not null ? BusMechanism.External
        : BusMechanism.Anonymous;

    internal bool IsTls => Url.Scheme == "amqps";

    internal int Port => Url.Port > 0 ? Url.Port : IsTls ? 5671 : 5672;

    /// <summary>Checks that the options fit together.</summary>
    /// <exception cref="ArgumentException">They do not. The message names the option and the remedy.</exception>
    public void Validate()
    {
        if (!Url.IsAbsoluteUri || Url.Scheme is not ("amqp" or "amqps") || Url.Host.Length == 0)
            throw new ArgumentException($"The URL of the broker is '{Url}'. Give amqp://HOST[:PORT] or amqps://HOST[:PORT].");
        if (Url.UserInfo.Length > 0)
            throw new ArgumentException("The URL of the broker contains a user. Give the user and the secret as options.");
        if (ChosenMechanism is BusMechanism.Plain && (User is null || Secret is null))
            throw new ArgumentException("To sign in with PLAIN, give a user and a secret.");
        if (ChosenMechanism is BusMechanism.External && (ClientCertificate is null || !IsTls))
            throw new ArgumentException("To sign in with EXTERNAL, give a client certificate and an amqps URL.");
        if (ChosenMechanism is BusMechanism.Plain && !IsTls && !AllowsUnencryptedSecret && !IsLoopback())
            throw new ArgumentException($"The secret would be sent unencrypted to {Url.Host}. Use an amqps URL, or allow it explicitly.");
    }

    /// <summary>Returns the options without the secret.</summary>
    public override string ToString() => $"{Url} ({Profile?.Name})";

    private bool IsLoopback() =>
        Url.Host == "localhost" || (IPAddress.TryParse(Url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
