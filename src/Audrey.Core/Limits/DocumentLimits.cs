using System.ComponentModel.DataAnnotations;

namespace Audrey.Core.Limits;

/// <summary>The limits for the data that conductors and guests may send.</summary>
public sealed record DocumentLimits
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Limits";

    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    /// <summary>Maximum size of an instance config document.</summary>
    [Range(KiB, 64 * MiB)]
    public int MaxDocumentBytes { get; set; } = 4 * MiB;

    /// <summary>Maximum size of the body of a guest's PUT.</summary>
    [Range(KiB, 64 * MiB)]
    public int MaxGuestBodyBytes { get; set; } = MiB;

    /// <summary>Maximum size of a parameter's value.</summary>
    [Range(1, 16 * MiB)]
    public int MaxValueBytes { get; set; } = 64 * KiB;

    /// <summary>Maximum length of a name (service, parameter, file, assembly, template), in characters.</summary>
    [Range(1, 4096)]
    public int MaxNameLength { get; set; } = 255;

    /// <summary>Maximum number of services of an instance.</summary>
    [Range(1, 10_000)]
    public int MaxServices { get; set; } = 256;

    /// <summary>Maximum number of required parameters of a service.</summary>
    [Range(1, 100_000)]
    public int MaxParametersPerService { get; set; } = 1024;

    /// <summary>Maximum number of provided parameters of an instance.</summary>
    [Range(1, 100_000)]
    public int MaxProvidedParameters { get; set; } = 1024;

    /// <summary>Maximum number of instances of a group that a parameter refers to.</summary>
    [Range(1, 100_000)]
    public int MaxGroupMembers { get; set; } = 4096;

    /// <summary>Maximum number of files of a service.</summary>
    [Range(1, 10_000)]
    public int MaxFilesPerService { get; set; } = 256;

    /// <summary>Maximum size of a file that is given inline or fetched.</summary>
    [Range(KiB, 256 * MiB)]
    public int MaxFileBytes { get; set; } = 8 * MiB;

    /// <summary>Maximum size of an instance's tarball, uploaded or built, together with its gzip copy.</summary>
    [Range(KiB, 256 * MiB)]
    public int MaxTarballBytes { get; set; } = 16 * MiB;

    /// <summary>Maximum size of a tarball's content once it is unpacked.</summary>
    [Range(KiB, 1024 * MiB)]
    public int MaxUnpackedBytes { get; set; } = 64 * MiB;

    /// <summary>Maximum number of entries (files and folders) of a tarball.</summary>
    [Range(1, 100_000)]
    public int MaxTarballEntries { get; set; } = 4096;

    /// <summary>Maximum size of one file of a deployable's documents.</summary>
    [Range(KiB, 256 * MiB)]
    public int MaxDeployableBytes { get; set; } = 64 * MiB;

    /// <summary>Maximum number of instances of a deployable, including the instances of its groups.</summary>
    [Range(1, 1_000_000)]
    public int MaxInstances { get; set; } = 100_000;

    /// <summary>
    /// Maximum number of references to groups in a deployable. Each parameter of each instance counts once for each instance of the group
    /// that it refers to.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxGroupReferences { get; set; } = 500_000;
}
