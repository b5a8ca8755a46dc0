# A conductor with ruby-oauth. Arguments: server, key, secret, way, method, path, file with the form's field or the upload.
# Prints the status and the body of the answer.
require 'net/http'
require 'oauth'
require 'oauth/client/net_http'

server, key, secret, way, method, path, file = ARGV
uri = URI.parse(server)
http = Net::HTTP.new(uri.host, uri.port)
consumer = OAuth::Consumer.new(key, secret)
request = (method == 'POST' ? Net::HTTP::Post : Net::HTTP::Put).new(path)
content = File.binread(file)

def multipart(content)
  "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.tgz\"\r\n\r\n#{content}\r\n--b--\r\n".b
end

case way
when 'form, then signature' # since 2012-09
  request.set_form_data('data' => content)
  request.oauth!(http, consumer)
when 'signature, then form' # before 2012-09
  request.oauth!(http, consumer)
  request.set_form_data('data' => content)
when 'upload, then signature'
  request['Content-Type'] = 'multipart/form-data; boundary=b'
  request.body = multipart(content)
  request.oauth!(http, consumer)
when 'signature, then upload'
  request.oauth!(http, consumer)
  request['Content-Type'] = 'multipart/form-data; boundary=b'
  request.body = multipart(content)
else
  abort "unknown way: #{way}"
end

answer = http.request(request)
puts answer.code, answer.body
