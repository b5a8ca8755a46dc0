namespace Audrey.Client;

/// <summary>The progress of the registration of a deployable.</summary>
/// <param name="Registered">The number of instances that are durably registered.</param>
/// <param name="Total">The number of instances to register.</param>
public sealed record RegistrationProgress(int Registered, int Total);
