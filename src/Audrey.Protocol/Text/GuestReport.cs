namespace Audrey.Protocol.Text;

/// <summary>What a guest tells with a PUT of <c>audrey_data</c>.</summary>
public enum GuestReportKind
{
    /// <summary>Nothing that changes anything.</summary>
    NoChange = 0,

    /// <summary>Values of provided parameters.</summary>
    Values,

    /// <summary>Exit statuses of services that have ended.</summary>
    ExitStatuses,
}

/// <summary>A named value that a guest gave.</summary>
/// <param name="Name">A provided parameter's name, or a service's; not empty. Unknown ones are to be ignored.</param>
/// <param name="Value">The decoded bytes, which for an exit status are its decimal digits.</param>
public sealed record ReportEntry(string Name, ReadOnlyMemory<byte> Value);

/// <summary>The content of a PUT's <c>audrey_data</c>.</summary>
/// <param name="Kind">What the entries are; <see cref="GuestReportKind.NoChange"/> if and only if there are none.</param>
/// <param name="Entries">One for each name, in the order the names came first; of duplicates the last value.</param>
public sealed record GuestReport(GuestReportKind Kind, IReadOnlyList<ReportEntry> Entries);

/// <summary>How much a guest may say at once.</summary>
/// <param name="MaxValueBytes">The most bytes of one decoded value.</param>
/// <param name="MaxEntries">The most entries with a value, duplicates included.</param>
public readonly record struct GuestReportLimits(int MaxValueBytes, int MaxEntries);

/// <summary>What is wrong with a PUT's <c>audrey_data</c>.</summary>
public enum GuestReportProblem
{
    /// <summary>A value is not base64.</summary>
    BrokenBase64 = 1,

    /// <summary>A value is longer than <see cref="GuestReportLimits.MaxValueBytes"/>.</summary>
    ValueTooLong,

    /// <summary>There are more entries than <see cref="GuestReportLimits.MaxEntries"/>.</summary>
    TooManyEntries,
}

/// <summary>Why a PUT's <c>audrey_data</c> is refused as a whole.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="Name">The parameter or service concerned; null for <see cref="GuestReportProblem.TooManyEntries"/>.</param>
/// <param name="Message">Cause and remedy in words, without the value.</param>
public sealed record GuestReportError(GuestReportProblem Problem, string? Name, string Message);
