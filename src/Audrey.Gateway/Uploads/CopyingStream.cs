namespace Audrey.Gateway.Uploads;

/// <summary>Writes everything that is read from a stream to another one, until that one is full.</summary>
internal sealed class CopyingStream(Stream source, Stream copy, Func<bool> isFull) : ReadOnlyStream
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        if (!isFull()) copy.Write(buffer, offset, read);
        return read;
    }
}
