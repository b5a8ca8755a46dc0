namespace Audrey.Gateway.Uploads;

/// <summary>Writes everything that is read from a stream to another one.</summary>
internal sealed class CopyingStream(Stream source, Stream copy) : ReadOnlyStream
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        copy.Write(buffer, offset, read);
        return read;
    }
}
