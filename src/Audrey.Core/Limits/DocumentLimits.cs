namespace Audrey.Core.Limits;

/// <summary>Limits on what conductors and guests may send. Each is an option under <c>Audrey:Limits</c>.</summary>
public sealed record DocumentLimits
{
    /// <summary>Maximum size of an instance config document, in bytes. Default 4 MiB, range 1 KiB to 64 MiB.</summary>
    public int MaxDocumentBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Maximum size of the body of a guest's PUT, in bytes. Default 1 MiB, range 1 KiB to 64 MiB.</summary>
    public int MaxGuestBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Maximum size of a parameter's value, in bytes. Default 64 KiB, range 1 byte to 16 MiB.</summary>
    public int MaxValueBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Maximum length of a name (service, parameter, file, assembly, template), in characters. Default 255, range 1 to 4,096.
    /// </summary>
    public int MaxNameLength { get; set; } = 255;

    /// <summary>Maximum number of services of an instance. Default 256, range 1 to 10,000.</summary>
    public int MaxServices { get; set; } = 256;

    /// <summary>Maximum number of required parameters of a service. Default 1,024, range 1 to 100,000.</summary>
    public int MaxParametersPerService { get; set; } = 1024;

    /// <summary>Maximum number of provided parameters of an instance. Default 1,024, range 1 to 100,000.</summary>
    public int MaxProvidedParameters { get; set; } = 1024;

    /// <summary>Maximum number of instances in a group that a parameter refers to. Default 4,096, range 1 to 100,000.</summary>
    public int MaxGroupMembers { get; set; } = 4096;

    /// <summary>Maximum number of files of a service. Default 256, range 1 to 10,000.</summary>
    public int MaxFilesPerService { get; set; } = 256;

    /// <summary>Maximum size of a file, fetched or inline, in bytes. Default 8 MiB, range 1 KiB to 256 MiB.</summary>
    public int MaxFileBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Maximum size of an instance's tarball, uploaded or built, in bytes. Default 16 MiB, range 1 KiB to 256 MiB.</summary>
    public int MaxTarballBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Maximum size of a tarball's content once it is unpacked, in bytes. Default 64 MiB, range 1 KiB to 1 GiB.</summary>
    public int MaxUnpackedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum number of entries (files and folders) of a tarball. Default 4,096, range 1 to 100,000.</summary>
    public int MaxTarballEntries { get; set; } = 4096;

    /// <summary>Maximum size of one file of a deployable's documents, in bytes. Default 64 MiB, range 1 KiB to 256 MiB.</summary>
    public int MaxDeployableBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum number of instances of a deployable, including those of groups. Default 100,000, range 1 to 1,000,000.</summary>
    public int MaxInstances { get; set; } = 100_000;
}
