using System.Net.Sockets;
using System.Text;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The facts about addresses: <c>ipaddress</c>, <c>ipaddresses</c> and <c>ipaddress_INTERFACE</c>, each also with <c>6</c> for IPv6. If
/// such an address is not known yet, no other source is asked, because it would guess.
/// </summary>
internal sealed class NetworkFacts(MachineAddresses addresses) : IFactSource
{
    private const string One = "ipaddress", One6 = "ipaddress6", All = "ipaddresses", All6 = "ipaddresses6";

    /// <summary>The names without an interface.</summary>
    public static IEnumerable<string> Names => [One, One6, All, All6];

    public bool Owns(string name) =>
        Names.Contains(name)
        || name.StartsWith(One + "_", StringComparison.Ordinal)
        || name.StartsWith(One6 + "_", StringComparison.Ordinal);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names.Where(Owns))
            if (await FindAsync(name, cancellationToken) is { Length: > 0 } value) found[name] = Encoding.UTF8.GetBytes(value);
        return found;
    }

    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken) => name switch
    {
        One => (await addresses.FindAsync(AddressFamily.InterNetwork, cancellationToken))?.ToString(),
        One6 => (await addresses.FindAsync(AddressFamily.InterNetworkV6, cancellationToken))?.ToString(),
        All => string.Join(',', MachineAddresses.FindAll(AddressFamily.InterNetwork, null)),
        All6 => string.Join(',', MachineAddresses.FindAll(AddressFamily.InterNetworkV6, null)),
        _ when name.StartsWith(One6 + "_", StringComparison.Ordinal) =>
            FindFirst(AddressFamily.InterNetworkV6, name[(One6.Length + 1)..]),
        _ => FindFirst(AddressFamily.InterNetwork, name[(One.Length + 1)..]),
    };

    private static string? FindFirst(AddressFamily family, string interfaceName) =>
        MachineAddresses.FindAll(family, interfaceName) is [var first, ..] ? first.ToString() : null;
}
