namespace Audrey.Gateway.Uploads;

/// <summary>An uploaded file cannot be decompressed. The message is a sentence for the conductor, without a full stop.</summary>
internal sealed class UploadFormatException(string message) : Exception(message)
{
    /// <summary>Creates the exception for damage at a position of the file.</summary>
    public static UploadFormatException Damaged(string format, long position) =>
        new($"the {format} data is damaged or cut off near byte {position}; upload the file again");

    /// <summary>Creates the exception for data after the end. Programs that unpack disagree on whether they read such data.</summary>
    public static UploadFormatException Trailing(string format, int position) => new(
        $"the {format} data ends at byte {position}, but the file does not; only one {format} stream is allowed, with nothing after it: "
        + $"compress the whole tar file with one call of {format}");
}
