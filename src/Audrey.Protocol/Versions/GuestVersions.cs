using System.Globalization;

namespace Audrey.Protocol.Versions;

/// <summary>A version of the guests' protocol.</summary>
/// <param name="Number">The integer in the paths.</param>
/// <param name="Since">The date from which this server supports the version.</param>
/// <param name="Change">The change in this version, in one line.</param>
public sealed record GuestVersion(int Number, DateOnly Since, string Change);

/// <summary>The supported versions of the guests' protocol.</summary>
public static class GuestVersions
{
    /// <summary>The supported versions in ascending order.</summary>
    public static IReadOnlyList<GuestVersion> Served { get; } =
    [
        new(0, new DateOnly(2026, 11, 23), "GET /configs answers 200 if complete and 404 if not. The address comes from the connection."),
        new(1, new DateOnly(2026, 11, 23), "Requests are signed. Guests give values with PUT /params, and 202 means incomplete."),
        new(2, new DateOnly(2026, 11, 23), "GET /params also names the services. Guests give exit statuses. GET /files returns tarballs."),
        new(3, new DateOnly(2026, 11, 24),
            "JSON under /v3 with HTTP Basic: long polls, revisions, reasons for missing values, output of services. "
            + "Errors as in RFC 9457."),
    ];

    /// <summary>
    /// The highest version that has signed requests and the version number in its paths. Later versions have other paths.
    /// </summary>
    public const int MaxSigned = 2;

    /// <summary>The highest supported version.</summary>
    public static int Max => Served[^1].Number;

    /// <summary>Returns whether the version is supported.</summary>
    public static bool IsServed(int version)
    {
        for (var i = 0; i < Served.Count; i++)
            if (Served[i].Number == version) return true;

        return false;
    }

    /// <summary>
    /// Reads the version segment of a path. Returns false if the segment is not one of the versions whose paths contain their number. The
    /// server then answers 404.
    /// </summary>
    public static bool TryParse(string? segment, out int version) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version <= MaxSigned && IsServed(version);

    /// <summary>Chooses the version for the answer to <c>GET /version</c>.</summary>
    /// <param name="apiCompat">The query parameter <c>api_compat</c>: versions joined by <c>-</c>, as a list and not a range. Null if the
    /// query has none.</param>
    /// <returns>
    /// The highest common version, or 0 if there is none. <see cref="MaxSigned"/> if the guest sent no list, because such a guest is older
    /// than version 3.
    /// </returns>
    public static int Negotiate(string? apiCompat)
    {
        if (apiCompat is null) return MaxSigned;

        var maximum = 0;
        foreach (var part in apiCompat.AsSpan().Split('-'))
            if (int.TryParse(apiCompat.AsSpan(part).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                && version > maximum
                && IsServed(version))
                maximum = version;

        return maximum;
    }
}
