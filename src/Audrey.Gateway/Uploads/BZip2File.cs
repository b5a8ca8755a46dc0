using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace Audrey.Gateway.Uploads;

/// <summary>The content of a bzip2 file. The file must have one stream, with nothing after it.</summary>
internal sealed class BZip2File(byte[] file) : ReadOnlyStream
{
    public const string Format = "bzip2";

    private readonly DecoderInput _input = new(file, 0, file.Length, Format);
    private BZip2Stream? _content;

    public static ReadOnlySpan<byte> Magic => "BZh"u8;

    public override int Read(byte[] buffer, int offset, int count)
    {
        _content ??= BZip2Stream.Create(_input, CompressionMode.Decompress, decompressConcatenated: false);
        var read = _content.Read(buffer, offset, count);
        return read > 0 || count == 0 || _input.Next == file.Length ? read : throw UploadFormatException.Trailing(Format, _input.Next);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content?.Dispose();
        base.Dispose(disposing);
    }
}
