namespace Audrey.Gateway.Calls;

/// <summary>
/// Tells by its type an exception that says that the storage can take nothing more for now, which is answered 503 at once. The
/// gateway does not know the storage: who composes the two registers one.
/// </summary>
/// <param name="Is">Whether it is one; asked of every cause in turn.</param>
public sealed record BusyFailure(Func<Exception, bool> Is);
