using Audrey.Abstractions.Auditing;
using Audrey.Testing;

namespace Audrey.Gateway.Tests.Support;

/// <summary>A part of the audit trail that accepts every entry.</summary>
internal static class AuditDouble
{
    /// <summary>Returns whether a key is that of a part of the audit trail.</summary>
    public static bool HasKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Creates a part.</summary>
    /// <param name="note">Called with each entry and each outcome. Null if the test does not need them.</param>
    public static IAuditGrain Create(Action<object>? note = null) => GrainDouble.Create<IAuditGrain>((call, arguments) =>
    {
        note?.Invoke(arguments[0]!);
        return call == nameof(IAuditGrain.Add) ? Task.FromResult(1L) : Task.CompletedTask;
    });

    private static string Prefix => AuditParts.KeyOf(0)[..^1];
}
