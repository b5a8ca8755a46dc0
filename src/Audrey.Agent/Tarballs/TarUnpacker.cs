using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Audrey.Core.Tarballs;

namespace Audrey.Agent.Tarballs;

/// <summary>
/// Unpacks a downloaded tarball into an empty directory. The framework's extraction cannot be used: it follows links out of the directory,
/// creates devices, and reads an extended header of any claimed length into memory. This class creates only regular files and folders. Each
/// file and folder must be new, so no existing file or link is followed or overwritten.
/// </summary>
internal sealed class TarUnpacker(TarballLimits limits)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const long ExecuteBits = 0b001_001_001;

    private readonly byte[] _block = new byte[TarHeader.Length];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<string, IncrementalHash> _digests = new(StringComparer.Ordinal);
    private string? _longName;
    private long _unpacked;
    private int _entries;

    /// <summary>Unpacks into an empty directory. Returns a digest of the contents of each folder.</summary>
    /// <exception cref="TarballException">The tarball is damaged or has a forbidden entry. The directory may contain a part of the
    /// tarball.</exception>
    /// <exception cref="IOException">A file could not be written.</exception>
    public IReadOnlyDictionary<string, string> Unpack(byte[] tarball, string directory)
    {
        using var gzip = new GZipStream(new MemoryStream(tarball, writable: false), CompressionMode.Decompress);
        try
        {
            while (true)
            {
                if (Fill(gzip, _block) < TarHeader.Length) throw new TarballException("it is cut off: its end mark is missing");
                if (_block.AsSpan().IndexOfAnyExcept((byte)0) < 0) break;
                ReadEntry(gzip, directory);
            }

            // The rest is padding. Reading the padding verifies gzip's checksum.
            while (Fill(gzip, _buffer) > 0)
            {
                // The loop needs no body, because Fill counts the bytes.
            }
        }
        catch (InvalidDataException)
        {
            throw new TarballException(
                $"its gzip data is cut off or damaged; it has {tarball.Length} bytes and can be read up to entry {_entries}");
        }

        return _digests.ToDictionary(digest => digest.Key, digest => Convert.ToHexStringLower(digest.Value.GetHashAndReset()));
    }

    private void ReadEntry(Stream tar, string directory)
    {
        if (++_entries > limits.MaxEntries) throw new TarballException($"it has more than {limits.MaxEntries} entries");
        if (!TarHeader.TryRead(_block, out var header, out var problem)) throw new TarballException($"entry {_entries} {problem}");
        switch (header.Type)
        {
            case 'L':
                TakeLongName(TarHeader.TryText(ReadExtended(tar, header), out var name)
                    ? name
                    : throw new TarballException($"entry {_entries} is a long name that is not UTF-8"));
                break;
            case 'x' or 'g':
                TakePax(ReadExtended(tar, header), common: header.Type == 'g');
                break;
            default:
                var path = _longName ?? header.Name;
                _longName = null;
                Write(tar, header with { Name = path }, directory);
                break;
        }
    }

    private void Write(Stream tar, TarHeader header, string directory)
    {
        var isFile = header.Type is '0' or '\0' or '7';
        var isFolder = header.Type == '5' || (isFile && header.Name.EndsWith('/'));
        if (!isFile && !isFolder) throw new TarballException($"{TarPath.Printable(header.Name)} is neither a regular file nor a folder");
        var segments = TarPath.Split(header.Name, limits.MaxDepth);
        if (isFolder && header.Size > 0) throw new TarballException($"{TarPath.Printable(header.Name)} is a folder with data");
        if (isFolder)
        {
            MakeFolders(segments, directory);
            return;
        }

        if (segments.Length == 0) throw new TarballException("a file has no name");
        if (header.Size > limits.MaxFileBytes)
            throw new TarballException($"{TarPath.Printable(header.Name)} is larger than {limits.MaxFileBytes} bytes");
        MakeFolders(segments[..^1], directory);
        var executable = (header.Mode & ExecuteBits) != 0;
        var path = Path.Combine([directory, .. segments]);
        if (Path.Exists(path)) throw new TarballException($"{TarPath.Printable(header.Name)} occurs twice");
        var digest = Digest(segments, executable, header.Size);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = executable ? Executable : Readable,
        });
        Copy(tar, header, file, digest);
    }

    private static void MakeFolders(string[] segments, string directory)
    {
        var path = directory;
        foreach (var segment in segments)
        {
            path = Path.Combine(path, segment);
            if (File.Exists(path)) throw new TarballException($"{TarPath.Printable(segment)} is both a file and a folder");
            if (!Directory.Exists(path)) Directory.CreateDirectory(path, Executable);
        }
    }

    /// <summary>
    /// Adds the header of a file to the digest of its service's folder. The header contains lengths, so the digest is unambiguous.
    /// </summary>
    private IncrementalHash Digest(string[] segments, bool executable, long size)
    {
        var folder = segments.Length > 1 ? segments[0] : "";
        if (!_digests.TryGetValue(folder, out var digest))
            _digests.Add(folder, digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
        var path = string.Join('/', segments);
        digest.AppendData(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(path)}:{path}{(executable ? 'x' : '-')}{size}:"));
        return digest;
    }

    private void Copy(Stream tar, TarHeader header, FileStream file, IncrementalHash digest)
    {
        for (var left = header.Size; left > 0;)
        {
            var read = Fill(tar, _buffer.AsSpan(0, (int)Math.Min(left, _buffer.Length)));
            if (read == 0) throw CutOff();
            file.Write(_buffer, 0, read);
            digest.AppendData(_buffer, 0, read);
            left -= read;
        }

        SkipPadding(tar, header.Size);
    }

    private byte[] ReadExtended(Stream tar, TarHeader header)
    {
        if (header.Size > limits.MaxExtendedBytes)
            throw new TarballException($"entry {_entries} is an extended header of more than {limits.MaxExtendedBytes} bytes");
        var data = new byte[header.Size];
        if (Fill(tar, data) < data.Length) throw CutOff();
        SkipPadding(tar, header.Size);
        return data;
    }

    private void TakeLongName(string name)
    {
        if (_longName is not null) throw new TarballException($"entry {_entries} gives a second long name");
        _longName = name;
    }

    private void TakePax(byte[] data, bool common)
    {
        if (!PaxAttributes.TryRead(data, out var attributes)) throw new TarballException($"entry {_entries} is a malformed pax header");
        foreach (var (key, value) in attributes)
        {
            if (key == "path" && !common) TakeLongName(value);
            else if (key is "path" or "linkpath" or "size" || key.StartsWith("GNU.sparse", StringComparison.Ordinal))
                throw new TarballException($"entry {_entries} is a pax header that sets {TarPath.Printable(key)}");
        }
    }

    private void SkipPadding(Stream tar, long size)
    {
        var padding = (int)(-size & (TarHeader.Length - 1));
        if (Fill(tar, _buffer.AsSpan(0, padding)) < padding) throw CutOff();
    }

    private TarballException CutOff() => new($"it is cut off in entry {_entries}");

    /// <summary>Reads until the target is full or the data ends. Fails if more than the maximum is unpacked.</summary>
    private int Fill(Stream tar, Span<byte> target)
    {
        var read = tar.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        _unpacked += read;
        return _unpacked <= limits.MaxUnpackedBytes
            ? read
            : throw new TarballException($"it is larger than {limits.MaxUnpackedBytes} bytes when decompressed");
    }
}
