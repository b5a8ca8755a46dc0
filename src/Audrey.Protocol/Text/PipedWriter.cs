using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Audrey.Protocol.Text;

/// <summary>Writes text delimited by bars into a span, which must be long enough.</summary>
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
            throw new ArgumentException($"The name '{name}' contains '|' or '&', which delimit names. Refuse it at registration.");

        _rest = _rest[Encoding.UTF8.GetBytes(name, _rest)..];
    }

    public void WriteBase64(ReadOnlySpan<byte> value)
    {
        Base64.EncodeToUtf8(value, _rest, out _, out var written);
        _rest = _rest[written..];
    }
}
