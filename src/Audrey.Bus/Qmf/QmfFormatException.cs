namespace Audrey.Bus.Qmf;

/// <summary>
/// A message that is not of the form that QMF v2 prescribes, or that exceeds a limit.
/// </summary>
/// <param name="path">The part of the message, such as <c>body[0]._values</c>.</param>
/// <param name="reason">What is wrong there, as the end of a sentence, such as "is not a map".</param>
public sealed class QmfFormatException(string path, string reason) : FormatException($"{path} {reason}.")
{
    /// <summary>The part of the message that is wrong.</summary>
    public string Path { get; } = path;
}
