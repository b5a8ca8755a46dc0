namespace Audrey.Core.Documents;

/// <summary>An error in an instance config.</summary>
/// <param name="Path">The location, such as <c>services/0/parameters/2</c>. Empty if the error is about the whole config.</param>
/// <param name="Message">A sentence that describes the error, without any value or secret.</param>
public readonly record struct ConfigFinding(string Path, string Message);
