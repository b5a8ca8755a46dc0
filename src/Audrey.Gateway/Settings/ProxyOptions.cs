using System.Net;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Settings;

/// <summary>Proxies whose <c>X-Forwarded-*</c> headers count. Bound from <c>Audrey:Proxies</c> (a list).</summary>
public sealed class ProxyOptions
{
    /// <summary>The section that <see cref="Networks"/> is bound from.</summary>
    public const string Section = "Audrey:Proxies";

    /// <summary>Networks (<c>10.0.0.0/8</c>) or single addresses (<c>192.0.2.7</c>). Default: none, the headers are ignored.</summary>
    public IList<string> Networks { get; } = [];

    /// <summary>Reads one entry.</summary>
    internal static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network)) return true;
        if (!IPAddress.TryParse(text, out var address)) return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}

/// <summary>Refuses what is neither a network nor an address.</summary>
internal sealed class ProxyOptionsValidator : IValidateOptions<ProxyOptions>
{
    public ValidateOptionsResult Validate(string? name, ProxyOptions options)
    {
        var problems = new RangeChecks(ProxyOptions.Section);
        for (var i = 0; i < options.Networks.Count; i++)
            if (!ProxyOptions.TryParse(options.Networks[i], out _))
                problems.Add($"{i}", $"is '{options.Networks[i]}', which is neither an address nor a network such as 10.0.0.0/8");

        return problems.Result;
    }
}
