using System.ComponentModel.DataAnnotations;
using System.Net;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Settings;

/// <summary>The settings for the embedded bus and for another broker. See docs/bus.md.</summary>
public sealed class BusSettings : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Bus";

    /// <summary>
    /// The address and the port of the embedded bus. With port 0, the system chooses a free port. Guests and <c>audrey bus</c> ask the
    /// server for it. Empty if there is no embedded bus.
    /// </summary>
    [Setting(Range = "an address and a port")]
    public string Listen { get; set; } = "127.0.0.1:0";

    /// <summary>
    /// The URL under which guests and conductors reach the bus, such as <c>amqps://bus.example.org:5671</c>. If it is empty, the server
    /// gives the host name of the request and the port of the embedded bus.
    /// </summary>
    [Setting(Default = "empty", Range = "a URL that begins with `amqp://` or `amqps://`")]
    public string AdvertisedUrl { get; set; } = "";

    /// <summary>The PEM file with the certificate of the embedded bus, followed by its intermediate certificates.</summary>
    [Setting(Default = "empty", Range = "a file")]
    public string Certificate { get; set; } = "";

    /// <summary>The PEM file with the private key of the certificate.</summary>
    [Setting(Default = "empty", Range = "a file")]
    public string Key { get; set; } = "";

    /// <summary>
    /// Whether the embedded bus accepts secrets without TLS from other machines. Without a certificate, it listens only on the loopback
    /// address, unless this is set.
    /// </summary>
    public bool WithoutTls { get; set; }

    /// <summary>The maximum number of connections to the embedded bus.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>The maximum size of a message in bytes.</summary>
    [Range(4096, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>The maximum number of messages that wait for one receiver. The oldest is dropped when another one arrives.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueued { get; set; } = 1000;

    /// <summary>The maximum number of messages of the other broker that are passed to their instances concurrently.</summary>
    [Range(1, 10_000)]
    public int MaxActive { get; set; } = 64;

    /// <summary>The URL of another broker that the server connects to. The URL has no credential. Empty if there is none.</summary>
    [Setting(Default = "empty", Range = "a URL that begins with `amqp://` or `amqps://`")]
    public string Broker { get; set; } = "";

    /// <summary>The form of the addresses at the other broker.</summary>
    [Setting(Range = "`rabbitmq`, `qpidd` or `audrey`")]
    public string BrokerProfile { get; set; } = "rabbitmq";

    /// <summary>The server's user at the other broker.</summary>
    [Setting(Default = "empty", Range = "a name")]
    public string BrokerUser { get; set; } = "";

    /// <summary>The file with the password of the server's user at the other broker.</summary>
    [Setting(Default = "empty", Range = "a file")]
    public string BrokerPasswordFile { get; set; } = "";

    /// <summary>The PEM file with the authorities that the certificate of the other broker must be from.</summary>
    [Setting(Default = "those of the system", Range = "a file")]
    public string BrokerAuthorities { get; set; } = "";

    /// <summary>
    /// Whether the other broker checks that the <c>user-id</c> of a message is the user who sent it, and that this user is an instance.
    /// Otherwise no message of this broker is accepted.
    /// </summary>
    public bool BrokerChecksUsers { get; set; }

    /// <summary>Gets whether there is an embedded bus.</summary>
    internal bool IsEmbedded => Listen.Length > 0;

    /// <summary>Gets whether the embedded bus uses TLS.</summary>
    internal bool HasTls => Certificate.Length > 0;

    /// <summary>Gets the address and the port of the embedded bus. Null if there is none, or if it cannot be read.</summary>
    internal IPEndPoint? EndPoint =>
        Listen.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(Listen, out var parsed) ? parsed : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsEmbedded && EndPoint is null)
            yield return SettingsCheck.Broken(nameof(Listen), $"is '{Listen}'; it must be an address and a port, such as 127.0.0.1:5672");
        if (HasTls != Key.Length > 0)
            yield return SettingsCheck.Broken(HasTls ? nameof(Key) : nameof(Certificate), "is empty; a certificate needs its key");
        if (EndPoint is { } listen && !IPAddress.IsLoopback(listen.Address) && !HasTls && !WithoutTls)
        {
            yield return SettingsCheck.Broken(
                nameof(Listen),
                $"is '{Listen}', which other machines can reach, and there is no certificate; set {Section}:{nameof(Certificate)} and "
                + $"{Section}:{nameof(Key)}, or set {Section}:{nameof(WithoutTls)}=true if guests may send their secrets without TLS");
        }

        foreach (var (name, url) in ((string, string)[])[(nameof(AdvertisedUrl), AdvertisedUrl), (nameof(Broker), Broker)])
            if (url.Length > 0 && !IsUrl(url))
                yield return SettingsCheck.Broken(name, "must be a URL such as amqps://bus.example.org:5671, without a user and a path");
        if (!BrokerProfiles.Contains(BrokerProfile))
            yield return SettingsCheck.Broken(
                nameof(BrokerProfile), $"is '{BrokerProfile}'; profiles are {string.Join(", ", BrokerProfiles)}");
        if (BrokerUser.Length > 0 != BrokerPasswordFile.Length > 0)
        {
            yield return SettingsCheck.Broken(
                BrokerUser.Length > 0 ? nameof(BrokerPasswordFile) : nameof(BrokerUser), "is empty; a user needs a password");
        }
    }

    private static readonly string[] BrokerProfiles = ["rabbitmq", "qpidd", "audrey"];

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "amqp" or "amqps"
        && url.UserInfo.Length == 0 && url.AbsolutePath is "/" or "";
}
