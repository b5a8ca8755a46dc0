using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>Something that is wrong, or probably wrong, with what is registered.</summary>
/// <param name="Instance">The instance. Null if the finding is about the deployable.</param>
/// <param name="Message">What is wrong and how to correct it, as a sentence. It never contains a value or a secret.</param>
public sealed record RegistrationFinding(InstanceId? Instance, string Message)
{
    /// <summary>The index of the instance among those that were given.</summary>
    public int? Index { get; init; }

    /// <summary>The place in the instance, such as <c>services/0/parameters/2/reference</c>. Empty for the instance as a whole.</summary>
    public string Path { get; init; } = "";
}
