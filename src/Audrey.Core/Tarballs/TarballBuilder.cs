using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// Builds the tarball of an instance. Each service has a folder with its executable, named <c>start</c>, and its files. Equal inputs
/// produce equal bytes. The GNU format is used because every tar program, and the Python version of the guests of 2012, can read its long
/// names.
/// </summary>
public static class TarballBuilder
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The tarball of an instance whose services have neither executables nor files.</summary>
    public static byte[] Empty { get; } = Pack([new(".", null, true)], DateTimeOffset.UnixEpoch);

    /// <summary>Builds the tarball.</summary>
    /// <param name="config">The instance with its sources.</param>
    /// <param name="fetched">The content of each URL.</param>
    /// <param name="modified">The modification time of the entries. Fractions of a second are dropped.</param>
    /// <param name="limits">Limits for names, files and the tarball.</param>
    public static TarballResult Build(
        InstanceConfig config, IReadOnlyDictionary<string, byte[]> fetched, DateTimeOffset modified, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(fetched);
        ArgumentNullException.ThrowIfNull(limits);
        var entries = TarballPlan.Make(config, fetched, limits, out var problems);
        if (!problems.IsEmpty) return new TarballResult(null, problems);

        var bytes = Pack(entries, DateTimeOffset.FromUnixTimeSeconds(modified.ToUnixTimeSeconds()));
        return bytes.Length <= limits.MaxTarballBytes
            ? new TarballResult(bytes, [])
            : new TarballResult(null, [$"the tarball is {bytes.Length} bytes long; at most {limits.MaxTarballBytes} are allowed"]);
    }

    private static byte[] Pack(List<TarballPlan.Entry> entries, DateTimeOffset modified)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var buffered = new BufferedStream(gzip, 16 * 1024))
        using (var tar = new TarWriter(buffered, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, contents, executable) in entries)
            {
                var entry = new GnuTarEntry(contents is null ? TarEntryType.Directory : TarEntryType.RegularFile, name)
                {
                    Mode = executable ? Executable : Readable,
                    ModificationTime = modified,
                    AccessTime = default,
                    ChangeTime = default,
                };
                if (contents is { Length: > 0 }) entry.DataStream = new MemoryStream(contents, writable: false);
                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }
}

/// <summary>A tarball, or all problems that prevent it.</summary>
/// <param name="Bytes">The tar file, compressed with gzip. Null if there are problems.</param>
/// <param name="Problems">Each problem as a sentence. Empty if there is a tarball.</param>
public sealed record TarballResult(byte[]? Bytes, ImmutableArray<string> Problems)
{
    /// <summary>Whether there is a tarball.</summary>
    [MemberNotNullWhen(true, nameof(Bytes))]
    public bool IsBuilt => Bytes is not null;
}
