using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>An error or a probable mistake in a registration.</summary>
/// <param name="Instance">The instance. Null if the finding is about the deployable.</param>
/// <param name="Message">A sentence that describes the error and its remedy, without any value or secret.</param>
public sealed record RegistrationFinding(InstanceId? Instance, string Message)
{
    /// <summary>The index of the instance in the list of given instances.</summary>
    public int? Index { get; init; }

    /// <summary>
    /// The location in the instance, such as <c>services/0/parameters/2/reference</c>. Empty if the finding is about the whole instance.
    /// </summary>
    public string Path { get; init; } = "";
}
