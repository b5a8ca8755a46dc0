using System.Globalization;

namespace Audrey.Protocol.Versions;

/// <summary>A version of the guests' protocol.</summary>
/// <param name="Number">The integer in the path.</param>
/// <param name="Since">When this server began to serve it.</param>
/// <param name="Change">What it brought, in a line.</param>
public sealed record GuestVersion(int Number, DateOnly Since, string Change);

/// <summary>The versions of the guests' protocol that are served: one line for each.</summary>
public static class GuestVersions
{
    /// <summary>All of them, in ascending order.</summary>
    public static IReadOnlyList<GuestVersion> Served { get; } =
    [
        new(0, new DateOnly(2026, 11, 23), "GET /configs answers 200 when complete and 404 when not; the address comes from the connection."),
        new(1, new DateOnly(2026, 11, 23), "Signed requests; guests give values with PUT /params, and 202 means incomplete."),
        new(2, new DateOnly(2026, 11, 23), "GET /params names the services too, guests give their exit statuses, GET /files brings tarballs."),
        new(3, new DateOnly(2026, 11, 24), "JSON under /v3 with HTTP Basic: long polls, revisions, why something is missing, what services print; problems in RFC 9457's form."),
    ];

    /// <summary>The highest version whose paths have it as a segment and whose requests are signed. Later ones have paths of their own.</summary>
    public const int MaxSigned = 2;

    /// <summary>The highest version served.</summary>
    public static int Max => Served[^1].Number;

    /// <summary>True if the version is served.</summary>
    public static bool IsServed(int version)
    {
        for (var i = 0; i < Served.Count; i++)
            if (Served[i].Number == version)
                return true;

        return false;
    }

    /// <summary>Reads the version segment of a path; false, and the answer is 404, if it is not a number or no version with such paths.</summary>
    public static bool TryParse(string? segment, out int version) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version <= MaxSigned && IsServed(version);

    /// <summary>Chooses the version to answer a guest that asked <c>GET /version</c>.</summary>
    /// <param name="apiCompat">
    /// The query's <c>api_compat</c>: a list of versions joined by <c>-</c> (a list, not a range); null if the query has none.
    /// </param>
    /// <returns>
    /// The highest version in common, 0 if there is none, and <see cref="MaxSigned"/> if the guest did not say: who does not is older
    /// than version 3.
    /// </returns>
    public static int Negotiate(string? apiCompat)
    {
        if (apiCompat is null)
            return MaxSigned;

        var highest = 0;
        foreach (var part in apiCompat.AsSpan().Split('-'))
            if (int.TryParse(apiCompat.AsSpan(part).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                && version > highest
                && IsServed(version))
                highest = version;

        return highest;
    }
}
