using System.Net.Sockets;
using System.Security.Authentication;

namespace Audrey.Grains.Registration;

/// <summary>Describes why a fetch failed. The description completes a sentence that begins with the URL.</summary>
internal static class FetchFailure
{
    public static string Describe(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SourceRefusedException:
                    return cause.Message;
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return "names a host that cannot be resolved";
                case SocketException
                {
                    SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
                }:
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "broke off before its end";
                case SocketException socket:
                    return $"cannot be reached: {socket.SocketErrorCode}";
                case AuthenticationException:
                    return "does not offer a trusted TLS connection; check its certificate";
                case HttpIOException http:
                    return $"gave no valid answer: {http.HttpRequestError}";
            }
        }

        return error is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request
            ? $"gave no valid answer: {request.HttpRequestError}"
            : "gave no valid answer";
    }
}
