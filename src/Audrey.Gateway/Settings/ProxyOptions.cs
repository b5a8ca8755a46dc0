using System.ComponentModel.DataAnnotations;
using System.Net;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Settings;

/// <summary>The proxies whose <c>X-Forwarded-*</c> headers are trusted.</summary>
public sealed class ProxyOptions : IValidatableObject
{
    /// <summary>The section of the configuration. The section contains the list directly.</summary>
    public const string Section = "Audrey:Proxies";

    /// <summary>
    /// The proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are trusted: networks (<c>10.0.0.0/8</c>) or single
    /// addresses (<c>192.0.2.7</c>). Without an entry, these headers are ignored.
    /// </summary>
    [Setting(Range = "addresses, networks")]
    public IList<string> Networks { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Networks.Count; i++)
            if (!TryParse(Networks[i], out _))
                yield return SettingsCheck.Broken($"{i}",
                    $"is '{Networks[i]}', which is neither an address nor a network such as 10.0.0.0/8");
    }

    /// <summary>Reads one entry.</summary>
    internal static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network)) return true;
        if (!IPAddress.TryParse(text, out var address)) return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
