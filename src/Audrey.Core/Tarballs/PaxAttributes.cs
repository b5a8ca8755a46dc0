using System.Buffers.Text;

namespace Audrey.Core.Tarballs;

/// <summary>
/// The data of a pax header. Each record has the form <c>LENGTH KEY=VALUE\n</c>. The length includes the length field itself.
/// </summary>
internal static class PaxAttributes
{
    /// <summary>Reads all records. Returns false if a record is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out List<KeyValuePair<string, string>> attributes)
    {
        attributes = [];
        while (!data.IsEmpty)
        {
            if (!Utf8Parser.TryParse(data, out int length, out var digits) || length <= digits + 2 || length > data.Length) return false;
            var record = data[digits..length];
            var equals = record.IndexOf((byte)'=');
            if (record[0] != ' ' || record[^1] != '\n' || equals < 2) return false;
            var value = record[(equals + 1)..^1];
            if (value.Contains((byte)0)) return false;
            if (!TarHeader.TryText(record[1..equals], out var key) || !TarHeader.TryText(value, out var text)) return false;
            attributes.Add(new KeyValuePair<string, string>(key, text));
            data = data[length..];
        }

        return true;
    }
}
