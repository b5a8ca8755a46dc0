namespace Audrey.Bus.Qmf;

/// <summary>
/// A request that an agent refuses. An agent's objects throw it to refuse; a console throws it when an agent has refused.
/// </summary>
/// <param name="message">The reason, as a sentence for people. It is sent as <c>error_text</c>.</param>
public sealed class QmfException(string message) : Exception(message);
