using System.Text;
using System.Text.Unicode;
using Audrey.Core.Findings;

namespace Audrey.Core.Text;

/// <summary>
/// Decodes files that must be in UTF-8. A wrong byte is an error, because a replacement character could end up in a secret.
/// </summary>
public static class Utf8Text
{
    /// <summary>Decodes a file in UTF-8. A byte order mark at its start is skipped.</summary>
    /// <param name="path">The path of the file, for the problem.</param>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="text">The text. Empty if a byte is wrong.</param>
    /// <returns>Null, or a finding with the location of the first byte that is not UTF-8. It does not repeat the content.</returns>
    public static FileFinding? Decode(string path, ReadOnlySpan<byte> bytes, out string text) =>
        Decode(bytes, out text) is { } wrong
            ? new FileFinding(path, wrong.Line, wrong.Column, "the file is not UTF-8 from here on; save it as UTF-8")
            : null;

    /// <summary>Decodes UTF-8. Returns null, or the location of the first byte that is not UTF-8.</summary>
    internal static SourceLocation? Decode(ReadOnlySpan<byte> bytes, out string text)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (Utf8.IsValid(bytes))
        {
            text = Encoding.UTF8.GetString(bytes);
            return null;
        }

        var before = new char[bytes.Length];
        Utf8.ToUtf16(bytes, before, out _, out var length, replaceInvalidSequences: false);
        text = "";
        return LocationAfter(before.AsSpan(0, length));
    }

    /// <summary>Returns the location of the character that follows <paramref name="before"/>.</summary>
    internal static SourceLocation LocationAfter(ReadOnlySpan<char> before) =>
        new(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
}
