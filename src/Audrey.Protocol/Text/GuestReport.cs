namespace Audrey.Protocol.Text;

/// <summary>The kind of content that a guest sends in a PUT of <c>audrey_data</c>.</summary>
public enum GuestReportKind
{
    /// <summary>The content changes nothing.</summary>
    NoChange = 0,

    /// <summary>The content is values of provided parameters.</summary>
    Values,

    /// <summary>The content is exit statuses of services that have ended.</summary>
    ExitStatuses,
}

/// <summary>A named value in a guest's report.</summary>
/// <param name="Name">The name of a provided parameter or a service. Not empty. Unknown names must be ignored.</param>
/// <param name="Value">The decoded bytes. For an exit status they are its decimal digits.</param>
public sealed record ReportEntry(string Name, ReadOnlyMemory<byte> Value);

/// <summary>The content of a PUT's <c>audrey_data</c>.</summary>
/// <param name="Kind">The kind of the entries. <see cref="GuestReportKind.NoChange"/> if and only if there are none.</param>
/// <param name="Entries">
/// One entry for each name, in the order in which the names first occur. If a name occurs more than once, its last value is used.
/// </param>
public sealed record GuestReport(GuestReportKind Kind, IReadOnlyList<ReportEntry> Entries);

/// <summary>The limits for one report of a guest.</summary>
/// <param name="MaxValueBytes">The maximum size of one decoded value, in bytes.</param>
/// <param name="MaxEntries">The maximum number of entries with a value, including duplicates.</param>
public readonly record struct GuestReportLimits(int MaxValueBytes, int MaxEntries);

/// <summary>The errors in a PUT's <c>audrey_data</c>.</summary>
public enum GuestReportProblem
{
    /// <summary>A value is not base64.</summary>
    BrokenBase64 = 1,

    /// <summary>A value is longer than <see cref="GuestReportLimits.MaxValueBytes"/>.</summary>
    ValueTooLong,

    /// <summary>There are more entries than <see cref="GuestReportLimits.MaxEntries"/>.</summary>
    TooManyEntries,
}

/// <summary>The reason why the whole <c>audrey_data</c> of a PUT is refused.</summary>
/// <param name="Problem">The kind of error.</param>
/// <param name="Name">The parameter or service concerned. Null for <see cref="GuestReportProblem.TooManyEntries"/>.</param>
/// <param name="Message">The cause and the remedy, without the value.</param>
public sealed record GuestReportError(GuestReportProblem Problem, string? Name, string Message);
