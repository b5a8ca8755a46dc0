using System.Collections.Immutable;
using System.IO.Compression;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Uploads;

/// <summary>A checked upload.</summary>
/// <param name="GzipCopy">The gzip copy of the tarball. Null if the tarball is compressed with gzip, or has errors.</param>
/// <param name="Problems">The errors in the tarball, one sentence each. Empty if guests may receive the tarball.</param>
internal sealed record CheckedUpload(byte[]? GzipCopy, ImmutableArray<string> Problems);

/// <summary>
/// Checks uploaded tarballs and makes their gzip copies. A tarball may be plain, or compressed with gzip, bzip2 or xz. Guests of versions 1
/// and 2 get it as it came. The guests of version 3 and the guest program get the gzip copy, because gzip is all that they read.
/// </summary>
internal sealed class TarballUploads(IOptions<DocumentLimits> limits) : IDisposable
{
    /// <summary>
    /// Maximum number of uploads that are unpacked at the same time. Each needs at most the largest dictionary
    /// (<see cref="XzBlockHeader.MaxDictionaryBytes"/>) and its gzip copy as memory, whatever the file claims.
    /// </summary>
    private const int MaxConcurrency = 2;

    private readonly SemaphoreSlim _slots = new(MaxConcurrency);
    private readonly DocumentLimits _limits = limits.Value;

    /// <summary>Checks a file of at most <see cref="DocumentLimits.MaxTarballBytes"/>.</summary>
    public async Task<CheckedUpload> Check(byte[] file, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Check(file), cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private CheckedUpload Check(byte[] file)
    {
        if (UnpackedTar.IsGzip(file)) return new CheckedUpload(null, ProblemsOf(file, null));
        using var copy = new LimitedCopy(_limits.MaxTarballBytes - file.Length);
        var problems = ProblemsOf(file, copy);
        if (problems.IsEmpty && copy.IsOverLimit)
        {
            problems =
            [
                $"the tarball of {file.Length} bytes and its copy in the gzip format, which guests of version 3 get, are together longer "
                + $"than {_limits.MaxTarballBytes} bytes: compress it with gzip, so that no copy is needed",
            ];
        }

        return new CheckedUpload(problems.IsEmpty ? copy.ToArray() : null, problems);
    }

    private ImmutableArray<string> ProblemsOf(byte[] file, LimitedCopy? copy)
    {
        using var tar = UnpackedTar.Open(file);
        if (tar is null) return ["the file is neither a tar file nor one that is compressed with gzip, bzip2 or xz; make it with tar -czf"];
        if (copy is null) return TarballCheck.Problems(tar, _limits);
        using var gzip = new GZipStream(copy, CompressionLevel.Optimal, leaveOpen: true);
        using var both = new CopyingStream(tar, gzip, () => copy.IsOverLimit);
        return TarballCheck.Problems(both, _limits);
    }

    /// <summary>A copy that keeps nothing more after its limit, so that a small file cannot make a large copy.</summary>
    private sealed class LimitedCopy(long limit) : MemoryStream
    {
        public bool IsOverLimit { get; private set; }

        /// <summary>GZipStream writes arrays and spans, and both end here.</summary>
        public override void Write(byte[] buffer, int offset, int count)
        {
            IsOverLimit |= Length + count > limit;
            if (!IsOverLimit) base.Write(buffer, offset, count);
        }
    }
}
