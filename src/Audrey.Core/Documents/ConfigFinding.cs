namespace Audrey.Core.Documents;

/// <summary>An error in an instance config.</summary>
/// <param name="Path">The location, such as <c>services/0/parameters/2</c>. Empty for the config as a whole.</param>
/// <param name="Message">A sentence that describes the error. It never contains a value or a secret.</param>
public readonly record struct ConfigFinding(string Path, string Message);
