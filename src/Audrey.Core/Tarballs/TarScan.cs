using System.Collections.Immutable;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>Checks the entries of a tar stream in one pass.</summary>
internal sealed class TarScan(Stream tar, DocumentLimits limits)
{
    private const int MaxProblems = 20;

    /// <summary>Maximum size of the data of an extended header (a long name or pax attributes), in bytes.</summary>
    private const int MaxExtendedBytes = 16 * 1024;

    private readonly byte[] _block = new byte[TarHeader.Length];
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly List<string> _problems = [];
    private readonly TarPaths _paths = new(limits);
    private string? _longName;
    private long _unpacked;
    private int _entries;
    private bool _stopped;

    public ImmutableArray<string> Problems => [.. _problems];

    /// <summary>Reads the stream to its end, or to the point where the rest is unreadable.</summary>
    public void Run()
    {
        while (!_stopped)
        {
            var length = Fill(_block);
            if (_stopped) return;
            if (length < TarHeader.Length) Stop("the tar file is cut off: it has no end mark");
            else if (_block.AsSpan().IndexOfAnyExcept((byte)0) < 0) break;
            else ReadEntry();
        }

        // The rest is padding. Reading the padding verifies the checksum of the compressed file.
        while (!_stopped && Fill(_buffer) > 0)
        {
            // The call of Fill in the condition does the work.
        }
    }

    /// <summary>Records the reason why the rest of the stream is unreadable, and stops.</summary>
    public void Stop(string problem)
    {
        _problems.Add(problem);
        _stopped = true;
    }

    private void ReadEntry()
    {
        if (++_entries > limits.MaxTarballEntries)
        {
            Stop($"the tarball has more than {limits.MaxTarballEntries} entries");
            return;
        }

        if (!TarHeader.TryRead(_block, out var header, out var problem))
        {
            Stop($"entry {_entries} {problem}");
            return;
        }

        switch (header.Type)
        {
            case 'L':
                if (ReadExtended(header) is { } name) TakeLongName(name);
                break;
            case 'x':
                if (ReadExtended(header) is { } attributes) TakePax(attributes);
                break;
            case 'g':
                if (ReadExtended(header) is { } common) CheckGlobalPax(common);
                break;
            default:
                header = header with { Name = _longName ?? header.Name };
                _longName = null;
                CheckEntry(header);
                if (!_stopped) SkipData(header.Size);
                break;
        }
    }

    private void CheckEntry(TarHeader header)
    {
        var folder = header.Type == '5' || (IsFile(header.Type) && header.Name.EndsWith('/'));
        if (!folder && !IsFile(header.Type))
            Refuse(header.Name, $"is {NameOf(header.Type)}; only regular files and folders are allowed");
        else if (folder && header.Size > 0)
            Refuse(header.Name, "is a folder with data");
        else if (!folder && header.Size > limits.MaxFileBytes)
            Refuse(header.Name, $"is {header.Size} bytes long; at most {limits.MaxFileBytes} are allowed");
        else if (!folder && (header.Mode & 0b110_000_000_000) != 0)
            Refuse(header.Name, "has the set-user-id or set-group-id bit; remove it");
        else if (_paths.Add(header.Name, folder) is { } problem)
            Refuse(header.Name, problem);
    }

    private void Refuse(string name, string problem)
    {
        _problems.Add($"entry {_entries}, {NameRules.Show(name)}, {problem}");
        if (_problems.Count == MaxProblems) Stop("and possibly more");
    }

    private byte[]? ReadExtended(TarHeader header)
    {
        if (header.Size > MaxExtendedBytes)
        {
            Stop($"entry {_entries} is an extended header of {header.Size} bytes; at most {MaxExtendedBytes} are allowed");
            return null;
        }

        var data = new byte[header.Size];
        if (Fill(data) < data.Length)
        {
            CutOff();
            return null;
        }

        SkipPadding(header.Size);
        return _stopped ? null : data;
    }

    private void TakeLongName(byte[] data)
    {
        if (!TarHeader.TryText(data, out var name)) Stop($"entry {_entries} is a long name that is not UTF-8");
        else TakeLongName(name);
    }

    /// <summary>
    /// Reads the name of the next entry. Only one name is allowed, because unpacking programs disagree on which of two names is used.
    /// </summary>
    private void TakeLongName(string name)
    {
        if (_longName is not null) Stop($"entry {_entries} gives an entry a second long name");
        _longName = name;
    }

    private void TakePax(byte[] data)
    {
        if (!PaxAttributes.TryRead(data, out var attributes))
        {
            Stop($"entry {_entries} is a pax header that is malformed");
            return;
        }

        foreach (var (key, value) in attributes)
        {
            if (key == "path") TakeLongName(value);
            else if (key == "size" || key.StartsWith("GNU.sparse", StringComparison.Ordinal))
                Stop(
                    $"entry {_entries} is a pax header that sets {NameRules.Show(key)}; sizes belong in the header, and sparse files are "
                    + "not allowed");
        }
    }

    private void CheckGlobalPax(byte[] data)
    {
        if (!PaxAttributes.TryRead(data, out var attributes) || attributes.Exists(attribute => attribute.Key is not "comment"))
            Stop($"entry {_entries} is a pax header for all entries; only a comment is allowed there");
    }

    private void SkipData(long size)
    {
        for (var left = size; left > 0 && !_stopped;)
        {
            var read = Fill(_buffer.AsSpan(0, (int)Math.Min(left, _buffer.Length)));
            if (read == 0) CutOff();
            left -= read;
        }

        SkipPadding(size);
    }

    private void SkipPadding(long size)
    {
        var padding = (int)(-size & (TarHeader.Length - 1));
        if (!_stopped && Fill(_buffer.AsSpan(0, padding)) < padding) CutOff();
    }

    private void CutOff()
    {
        if (!_stopped) Stop($"the tar file is cut off in entry {_entries}");
    }

    /// <summary>
    /// Reads as many bytes as are available. Stops the scan if the content is larger than the limit for unpacked content.
    /// </summary>
    private int Fill(Span<byte> target)
    {
        var read = tar.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        _unpacked += read;
        if (_unpacked > limits.MaxUnpackedBytes)
            Stop($"the tarball is more than {limits.MaxUnpackedBytes} bytes long when decompressed");
        return read;
    }

    private static bool IsFile(char type) => type is '0' or '\0' or '7';

    private static string NameOf(char type) => type switch
    {
        '1' => "a hard link",
        '2' => "a symbolic link",
        '3' or '4' => "a device",
        '6' => "a named pipe",
        'S' => "a sparse file",
        _ => "an entry of an unknown kind",
    };
}
