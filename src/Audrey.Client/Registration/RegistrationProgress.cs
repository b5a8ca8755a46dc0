namespace Audrey.Client;

/// <summary>How far the registration of a deployable has come.</summary>
/// <param name="Registered">Instances that are registered, durably.</param>
/// <param name="Total">Instances to register.</param>
public sealed record RegistrationProgress(int Registered, int Total);
