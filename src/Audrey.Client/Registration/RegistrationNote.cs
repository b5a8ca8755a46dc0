using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>A problem or a warning about something that was given to be registered.</summary>
/// <param name="Instance">The instance that it is about; null when it is about the deployable.</param>
/// <param name="Message">What is wrong and how to mend it, in a sentence.</param>
public sealed record RegistrationNote(InstanceId? Instance, string Message);
