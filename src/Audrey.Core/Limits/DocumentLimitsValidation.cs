using System.Collections.Immutable;
using System.Globalization;

namespace Audrey.Core.Limits;

/// <summary>Checks that limits are within their ranges.</summary>
public static class DocumentLimitsValidation
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    private static readonly Range[] Ranges =
    [
        new(nameof(DocumentLimits.MaxDocumentBytes), limits => limits.MaxDocumentBytes, KiB, 64 * MiB),
        new(nameof(DocumentLimits.MaxGuestBodyBytes), limits => limits.MaxGuestBodyBytes, KiB, 64 * MiB),
        new(nameof(DocumentLimits.MaxValueBytes), limits => limits.MaxValueBytes, 1, 16 * MiB),
        new(nameof(DocumentLimits.MaxNameLength), limits => limits.MaxNameLength, 1, 4096),
        new(nameof(DocumentLimits.MaxServices), limits => limits.MaxServices, 1, 10_000),
        new(nameof(DocumentLimits.MaxParametersPerService), limits => limits.MaxParametersPerService, 1, 100_000),
        new(nameof(DocumentLimits.MaxProvidedParameters), limits => limits.MaxProvidedParameters, 1, 100_000),
        new(nameof(DocumentLimits.MaxGroupMembers), limits => limits.MaxGroupMembers, 1, 100_000),
        new(nameof(DocumentLimits.MaxFilesPerService), limits => limits.MaxFilesPerService, 1, 10_000),
        new(nameof(DocumentLimits.MaxFileBytes), limits => limits.MaxFileBytes, KiB, 256 * MiB),
        new(nameof(DocumentLimits.MaxTarballBytes), limits => limits.MaxTarballBytes, KiB, 256 * MiB),
        new(nameof(DocumentLimits.MaxUnpackedBytes), limits => limits.MaxUnpackedBytes, KiB, 1024 * MiB),
        new(nameof(DocumentLimits.MaxTarballEntries), limits => limits.MaxTarballEntries, 1, 100_000),
        new(nameof(DocumentLimits.MaxDeployableBytes), limits => limits.MaxDeployableBytes, KiB, 256 * MiB),
        new(nameof(DocumentLimits.MaxInstances), limits => limits.MaxInstances, 1, 1_000_000),
    ];

    /// <summary>Returns one sentence for each limit that is out of its range, or an empty array.</summary>
    public static ImmutableArray<string> Problems(DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return
        [
            .. from range in Ranges
               let value = range.Get(limits)
               where value < range.Min || value > range.Max
               select string.Create(CultureInfo.InvariantCulture, $"{range.Name} is {value}; allowed are {range.Min} to {range.Max}"),
        ];
    }

    private sealed record Range(string Name, Func<DocumentLimits, int> Get, int Min, int Max);
}
