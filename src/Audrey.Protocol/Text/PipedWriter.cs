using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Audrey.Protocol.Text;

/// <summary>Writes the text with bars into a span that is as long as needed.</summary>
internal ref struct PipedWriter(Span<byte> destination)
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create("|&");

    private Span<byte> _rest = destination;

    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_rest);
        _rest = _rest[text.Length..];
    }

    public void WriteName(string name)
    {
        if (name.AsSpan().ContainsAny(Delimiters))
            throw new ArgumentException($"The name '{name}' holds '|' or '&', which delimit names in the guests' text: refuse it at registration.");

        _rest = _rest[Encoding.UTF8.GetBytes(name, _rest)..];
    }

    public void WriteBase64(ReadOnlySpan<byte> value)
    {
        Base64.EncodeToUtf8(value, _rest, out _, out var written);
        _rest = _rest[written..];
    }
}
