using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>
/// Builds the tarball of an instance: a folder for each service, in it the executable as <c>start</c> and its files. Equal input
/// gives equal bytes. The GNU format is used because the guests' python of 2012 and every tar read its long names.
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
    /// <param name="fetched">What each URL of the sources gave.</param>
    /// <param name="modified">When the entries were modified; fractions of a second are left out.</param>
    /// <param name="limits">Bounds of names, files and the tarball.</param>
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

/// <summary>A tarball, or everything that prevents it.</summary>
/// <param name="Bytes">The gzip-compressed tar file; null when there are problems.</param>
/// <param name="Problems">Each reason in a sentence; empty when there is a tarball.</param>
public sealed record TarballResult(byte[]? Bytes, ImmutableArray<string> Problems)
{
    /// <summary>Whether there is a tarball.</summary>
    [MemberNotNullWhen(true, nameof(Bytes))]
    public bool IsBuilt => Bytes is not null;
}
