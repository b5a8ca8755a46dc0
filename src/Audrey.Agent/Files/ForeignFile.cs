using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Audrey.Agent.Files;

/// <summary>
/// Reads files that other programs have written. Such a file can be a pipe, from which a read does not end, or a device without an end.
/// </summary>
internal static partial class ForeignFile
{
    private const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000;

    /// <summary>Returns the contents of a regular file, or of the regular file that a link points to.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="maxBytes">The maximum size of the file.</param>
    /// <exception cref="IOException">The file cannot be read, is too large, or is not a regular file. The message does not contain the
    /// path.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using var handle = new SafeFileHandle(open(path, ReadOnly | NonBlocking | CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (!file.CanSeek) throw new IOException("it is not a regular file");
        var contents = new byte[Math.Min(file.Length, maxBytes) + 1];
        var length = file.ReadAtLeast(contents, contents.Length, throwOnEndOfStream: false);
        if (length > maxBytes) throw new IOException($"it is larger than {maxBytes} bytes");
        // The size of a device is 0.
        return length < contents.Length ? contents[..length] : throw new IOException("it is not a regular file, or it grows");
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);
}
