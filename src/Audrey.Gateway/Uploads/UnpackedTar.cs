using System.IO.Compression;
using Audrey.Core.Tarballs;

namespace Audrey.Gateway.Uploads;

/// <summary>
/// The tar file in an uploaded file. The format is recognised by the first bytes. Whatever the decoder throws, readers of this stream get
/// an <see cref="InvalidDataException"/> whose message names the damage and the remedy.
/// </summary>
internal sealed class UnpackedTar : ReadOnlyStream
{
    private readonly string _format;
    private readonly Stream _content;

    private UnpackedTar(string format, Stream content) => (_format, _content) = (format, content);

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>Returns whether the file is compressed with gzip.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> file) => file.StartsWith(GzipMagic);

    /// <summary>Begins to unpack a file. Returns null if its format is unknown.</summary>
    public static UnpackedTar? Open(byte[] file) =>
        IsGzip(file) ? new("gzip", new GZipStream(new MemoryStream(file, writable: false), CompressionMode.Decompress))
        : file.AsSpan().StartsWith(BZip2File.Magic) ? new(BZip2File.Format, new BZip2File(file))
        : file.AsSpan().StartsWith(XzFile.Magic) ? new(XzFile.Format, new XzFile(file))
        : TarballCheck.IsTar(file) ? new("tar", new MemoryStream(file, writable: false))
        : null;

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return _content.Read(buffer, offset, count);
        }
        catch (UploadFormatException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The decoders throw exceptions of many types for damaged data, among them those of a wrong index and of a null reference.
            throw new InvalidDataException($"the {_format} data is damaged or cut off; upload the file again", failure);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}
