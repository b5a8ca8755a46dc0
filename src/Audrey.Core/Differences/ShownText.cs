using System.Text;
using System.Text.Unicode;
using Audrey.Core.Documents;
using Audrey.Core.Tarballs;

namespace Audrey.Core.Differences;

/// <summary>Texts about the parts of a configuration. Each is one short line without control characters.</summary>
internal static class ShownText
{
    private const int MaxBytes = 120;
    private const int DigestLength = 12;

    /// <summary>Returns a short text in quotes, or the size and the digest of anything else.</summary>
    public static string Of(ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxBytes || !Utf8.IsValid(value)) return Digest(value);
        var text = Encoding.UTF8.GetString(value)
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
        return text.Any(char.IsControl) ? Digest(value) : $"\"{text}\"";
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Returns the size and the digest of a file.</summary>
    public static string Of(TarFile file) => $"{file.Bytes} bytes, SHA-256 {file.Digest[..DigestLength]}";

    /// <summary>Returns the names in their order.</summary>
    public static string Of(IEnumerable<string> names) => Of(string.Join(", ", names));

    /// <summary>Returns the beginning of a text about a reference. The name of the provider follows.</summary>
    public static string Of(ReferenceKind kind, string name) =>
        kind == ReferenceKind.ServiceEnd ? $"the end of service {name} of " : $"parameter {name} of ";

    /// <summary>Returns a text about a reference to a group.</summary>
    public static string Of(GroupReference group) =>
        $"{Of(group.Kind, group.Name)}group {group.Assembly}"
        + (group.First is { } first ? $", the first {first}" : "") + (group.AtLeast is { } needed ? $", at least {needed}" : "");

    private static string Digest(ReadOnlySpan<byte> value) => Of(TarFile.Of(value));
}
