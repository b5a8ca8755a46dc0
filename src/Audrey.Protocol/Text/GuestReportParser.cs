using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Audrey.Protocol.Text;

/// <summary>Reads the <c>audrey_data</c> of a PUT.</summary>
public static class GuestReportParser
{
    private const int MaxDigits = 10;

    /// <summary>
    /// Reads values (<c>|name&amp;BASE64|...|</c>), or exit statuses, which begin with two bars (<c>||service&amp;BASE64|...|</c>).
    /// </summary>
    /// <param name="data">The decoded bytes of the field. Empty if the field is missing.</param>
    /// <param name="limits">The maximum sizes.</param>
    /// <param name="report">The guest's report. Null on an error.</param>
    /// <param name="error">The reason why the report is refused. Null on success.</param>
    /// <returns>False if the whole report is refused. Never throws, whatever the data contain.</returns>
    /// <remarks>
    /// Entries without a name, without <c>&amp;</c> or without a value are ignored. A missing bar at either end, missing or surplus
    /// padding, and line breaks in base64 are accepted. A space in base64 is refused: it is most likely a <c>+</c> that was not escaped in
    /// the form, and ignoring it would garble the value. An exit status may be sent without the encoding, as its digits.
    /// </remarks>
    public static bool TryParse(
        ReadOnlySpan<byte> data,
        GuestReportLimits limits,
        [NotNullWhen(true)] out GuestReport? report,
        [NotNullWhen(false)] out GuestReportError? error)
    {
        var kind = data.StartsWith("||"u8) ? GuestReportKind.ExitStatuses : GuestReportKind.Values;
        var entries = new List<ReportEntry>();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var count = 0;
        report = null;
        while (!data.IsEmpty)
        {
            if (!TryTakeEntry(ref data, out var name, out var base64)) continue;

            if (++count > limits.MaxEntries)
            {
                error = TooManyEntries(limits);
                return false;
            }

            byte[] value;
            if (kind == GuestReportKind.ExitStatuses && IsNumber(base64))
            {
                value = base64.ToArray();
            }
            else if (!LenientBase64.TryDecode(base64, limits.MaxValueBytes, out value, out var tooLong))
            {
                error = tooLong ? ValueTooLong(name, limits) : BrokenBase64(name);
                return false;
            }

            if (value.Length == 0) continue;

            if (indexes.TryAdd(name, entries.Count)) entries.Add(new ReportEntry(name, value));
            else entries[indexes[name]] = new ReportEntry(name, value);
        }

        error = null;
        report = new GuestReport(entries.Count == 0 ? GuestReportKind.NoChange : kind, entries);
        return true;
    }

    /// <summary>Reads the entry before the next bar, and removes it from the data. Returns false if it has no name or no value.</summary>
    private static bool TryTakeEntry(ref ReadOnlySpan<byte> data, out string name, out ReadOnlySpan<byte> base64)
    {
        var bar = data.IndexOf((byte)'|');
        var entry = bar < 0 ? data : data[..bar];
        data = bar < 0 ? default : data[(bar + 1)..];

        var ampersand = entry.IndexOf((byte)'&');
        var hasNameAndValue = ampersand > 0 && ampersand < entry.Length - 1;
        name = hasNameAndValue ? Encoding.UTF8.GetString(entry[..ampersand]) : "";
        base64 = hasNameAndValue ? entry[(ampersand + 1)..] : default;
        return hasNameAndValue;
    }

    /// <summary>Whether an exit status is not encoded. The base64 of a number is never made of digits only.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> text) =>
        text.Length <= MaxDigits && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static GuestReportError BrokenBase64(string name) => new(
        GuestReportProblem.BrokenBase64, name, $"The value of '{name}' is not base64. Encode it, and escape '+' as %2B in the form.");

    private static GuestReportError ValueTooLong(string name, GuestReportLimits limits) => new(
        GuestReportProblem.ValueTooLong, name, $"The value of '{name}' is longer than {limits.MaxValueBytes} bytes. Give a shorter value.");

    private static GuestReportError TooManyEntries(GuestReportLimits limits) => new(
        GuestReportProblem.TooManyEntries, null, $"There are more than {limits.MaxEntries} values. Give them in several requests.");
}
