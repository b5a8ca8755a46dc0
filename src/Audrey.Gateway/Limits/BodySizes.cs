using Audrey.Core.Limits;
using Audrey.Gateway.Settings;

namespace Audrey.Gateway.Limits;

/// <summary>The sizes of the largest bodies.</summary>
internal static class BodySizes
{
    /// <summary>The message for a bound that does not fit the largest body.</summary>
    public const string TooLowBound =
        "Audrey:Gateway:MaxBodyMemoryBytes is too low for the largest body. It must be at least twice as much as "
        + "Audrey:Limits:MaxTarballBytes, and four times as much as Audrey:Limits:MaxGuestBodyBytes and as a form with a document of "
        + "Audrey:Limits:MaxDocumentBytes, which takes three times the document and 16 KiB.";

    /// <summary>
    /// Returns the maximum size of the form with an instance config document. The encoding of the form turns one byte of the document into
    /// up to three bytes.
    /// </summary>
    public static int MaxForm(DocumentLimits limits) => limits.MaxDocumentBytes * 3 + 16 * 1024;

    /// <summary>
    /// Returns whether the largest body fits in the memory that its sender may use: a quarter before the sender is proved, because the
    /// signature can cover the body, and half of it afterwards.
    /// </summary>
    public static bool Fit(GatewayOptions options, DocumentLimits limits) => options.MaxBodyMemoryBytes
        >= Math.Max(4L * Math.Max(MaxForm(limits), limits.MaxGuestBodyBytes), 2L * limits.MaxTarballBytes);
}
