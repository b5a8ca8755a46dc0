using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>A problem or a warning about something that was given to be registered.</summary>
/// <param name="Instance">The instance that it is about; null when it is about the deployable.</param>
/// <param name="Message">What is wrong and how to mend it, in a sentence. Never holds a value or a secret.</param>
public sealed record RegistrationFinding(InstanceId? Instance, string Message)
{
    /// <summary>The instance's place among those given.</summary>
    public int? Index { get; init; }

    /// <summary>Where in it, by the names of its parts, such as <c>services/0/parameters/2/reference</c>; empty: the whole.</summary>
    public string Path { get; init; } = "";
}
