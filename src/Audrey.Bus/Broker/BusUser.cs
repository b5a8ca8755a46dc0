using System.Net;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// A user that is signed in to the embedded bus.
/// </summary>
/// <param name="Name">The name, which becomes the <c>user-id</c> of each message of the user.</param>
/// <param name="Identity">What the authenticator knows of the user, for the access rules.</param>
public sealed record BusUser(string Name, object? Identity = null);

/// <summary>
/// The credential that a client presents to sign in.
/// </summary>
/// <param name="User">The name.</param>
/// <param name="Secret">The secret.</param>
/// <param name="RemoteAddress">The address of the client.</param>
/// <param name="IsTls">Whether the connection is encrypted.</param>
public sealed record BusSignIn(string User, string Secret, IPEndPoint RemoteAddress, bool IsTls)
{
    /// <summary>Returns the text without the secret.</summary>
    public override string ToString() => $"{User} from {RemoteAddress}";
}

/// <summary>
/// Verifies the credentials of clients.
/// </summary>
public interface IBusAuthenticator
{
    /// <summary>Returns the user, or null to refuse the client. An exception refuses it too, and tells it to try again later.</summary>
    ValueTask<BusUser?> SignInAsync(BusSignIn signIn, CancellationToken cancellationToken);
}

/// <summary>
/// Says who may send and receive what. The methods are called for each message, so they must be fast and must not block.
/// </summary>
public interface IBusAccess
{
    /// <summary>Returns null if a user may send a message, or the reason for people why not.</summary>
    /// <param name="user">The sender.</param>
    /// <param name="message">The message, with the checked <see cref="QmfMessage.UserId"/>.</param>
    /// <param name="agents">The names of all agents that the message claims to come from: in its header and in its body.</param>
    string? WhyNotSend(BusUser user, QmfMessage message, IReadOnlyCollection<string> agents);

    /// <summary>Returns null if a user may listen at an address, or the reason for people why not.</summary>
    /// <param name="user">The receiver.</param>
    /// <param name="address">The exchange with a key or a pattern.</param>
    string? WhyNotListen(BusUser user, BusAddress address);

    /// <summary>Returns whether a user may receive a message of another user.</summary>
    bool MayReceive(BusUser receiver, BusUser sender, QmfMessage message);
}

/// <summary>
/// Receives messages of the embedded bus in its own process.
/// </summary>
public interface IBusListener
{
    /// <summary>
    /// Processes a message. The sender is answered when the returned task ends, with its outcome. An exception releases the message. The
    /// method may be called for several messages at the same time.
    /// </summary>
    /// <param name="sender">The user that sent the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends when the bus stops.</param>
    ValueTask<BusOutcome> ReceiveAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken);
}
